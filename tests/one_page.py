"""The smallest service there is, as a journey: one page that says that it is done."""

JOURNEY = """
journey: renew
title: Renew
agency: traffic
base_url: {base_url}
shortest_path: 1
languages: [en]
done: {{text: Your registration is renewed}}
steps:
  - visit: /renew
"""
PAGE = "<!doctype html><title>Renew</title><h1>Your registration is renewed</h1>"
