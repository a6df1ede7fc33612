"""消息: words to a person or a firm, written with what they tell, read online or told by the office.

`sending.enqueue(template, person=…, params={…}, key="…")` in the transaction of the act; the words are templates of
catalog/content/messages.
"""
