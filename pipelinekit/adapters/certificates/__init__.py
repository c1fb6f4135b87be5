"""Certificates: keys and signatures, where they are kept, who shows them, and OpenBao, which signs them."""
