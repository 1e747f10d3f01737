"""Agencies, accounts and memberships out of a workbook: read, tried without effect, then entered by the actions of the directory."""
