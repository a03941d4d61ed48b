"""The newest of each topic of a broker, kept in PostgreSQL by any number of collectors. decisions: Collectors"""
