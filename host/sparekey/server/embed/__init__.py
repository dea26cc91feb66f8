"""What other people's pages show: QR codes, snippets of HTML, the picture of a server's key."""
