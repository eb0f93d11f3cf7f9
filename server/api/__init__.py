"""What screens, phones and integrations talk to: HTTP and websockets on one port, `/v1`.

Owns paths, status codes, tokens, cursors and the shapes on the wire. Asks the node through `port.NodePort` and knows
neither its log nor its peers. It decides nothing about the business: a command goes to the node as it came.
"""
