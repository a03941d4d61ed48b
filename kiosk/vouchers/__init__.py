"""The signed token on a voucher, and what a guard is told of it. decisions: Vouchers."""
