"""Reads ``template.yaml`` and what it nests: every resource is run, created, listed or refused."""

from local.templates.stack import read_stack

__all__ = ["read_stack"]
