"""The providers at the far end of every channel, speaking the real protocols over real sockets, for tests and the demo.

They know nothing of our services: protocols, signatures and files are read here by code of their own. Each request is recorded in a
JSON-lines file, message by message, and each can be answered badly on demand (`control.py`).
"""
