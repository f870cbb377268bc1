"""YAML with positions, the settings model, its JSON Schema."""
