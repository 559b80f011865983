"""The record: tables, queries, and the rules for changing them. Knows nothing of chat or HTTP."""
