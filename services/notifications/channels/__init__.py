"""The ways out of the house, each a small sender with one `send(letter) -> Receipt`.

A sender knows its provider's protocol and nothing else: no database, no policy, no notice. Whether, when and how often something is
sent is the delivery engine's; what it says is the templates'. What the world does (refusal, overload, silence) comes back as a
`Receipt`, never as an exception.
"""
