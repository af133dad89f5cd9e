"""Which card to renew first, and how many come when. Whether one is renewed decides `certificate/card/renew.py`."""
