"""Accounts of people and of employers' contacts: opened face to face, with a code on paper."""
