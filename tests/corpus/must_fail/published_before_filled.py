"""A job is in the dict before its fields are set."""

from threading import Thread

EXPECTED = ("AttributeError", 1)


class Job:
    pass


def submit(jobs):
    job = jobs["one"] = Job()
    job.state = "queued"


def poll(jobs):
    job = jobs.get("one")
    return job is not None and job.state


def body():
    jobs = {}
    threads = [Thread(target=submit, args=(jobs,)), Thread(target=poll, args=(jobs,))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
