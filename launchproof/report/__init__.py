"""Answers for people (`text`, `trace_text`, `matrix_text`) and for programs (`as_json`)."""
