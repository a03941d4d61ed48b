"""What people see: views of the state, the line that hands them on, and the process that serves them as pages.

decisions: Screens"""
