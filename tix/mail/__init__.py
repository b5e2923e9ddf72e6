"""Mail: reading, threading, importing."""
