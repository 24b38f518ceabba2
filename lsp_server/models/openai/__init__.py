"""Servers that speak OpenAI's protocol: vLLM, SGLang, llama-server, LM Studio, services."""
