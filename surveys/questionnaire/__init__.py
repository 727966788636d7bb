"""Questionnaires: their pages and questions, read from YAML or XLSForm, and what makes an answer one."""
