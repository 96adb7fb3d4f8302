"""Payroll control run: wage tax by the official flow chart, contributions, payslips, variances."""
