"""The datasets of the starter content: one file a family of logs, see generate_scenarios.py."""
