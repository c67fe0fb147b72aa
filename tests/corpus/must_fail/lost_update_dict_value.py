"""Two threads count words in one dict."""

from threading import Thread

EXPECTED = ("AssertionError", 1)


def count_words(counts, text):
    for word in text.split():
        counts[word] = counts.get(word, 0) + 1


def body():
    counts = {}
    threads = [Thread(target=count_words, args=(counts, text)) for text in ("a b", "b c")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counts == {"a": 1, "b": 2, "c": 1}
