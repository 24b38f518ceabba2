"""Everything that knows Ollama's wire format."""
