"""The same command prints the same, whatever the hash seed."""

SCRIPT = """
    from threading import Thread

    seen = {"a", "b", "c", "d"}
    order = []

    def take(name):
        seen.discard(name)
        order.append(name)

    threads = [Thread(target=take, args=(name,)) for name in ("a", "b", "c")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(order, len(seen))
"""


def test_output_is_the_same_under_every_hash_seed(harness):
    harness.write("script.py", SCRIPT)

    printed = {harness.spot("script.py", status=1, PYTHONHASHSEED=str(seed)) for seed in range(3)}

    assert len(printed) == 1
