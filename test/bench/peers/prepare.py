"""Python's sides of the benchmark of preparation.

Reads a task as one line of JSON, warms up on its first file, answers {"ready": true}, and for each further line reads all files once:
the frame shown at each k / fps seconds, scaled until it covers size x size and cut in the middle, in clips, written to one .npy file.
As many processes work at once as there are cores; where there are fewer files than that, the decoder has the threads.
The line {"versions": true} in place of a task is answered with versions, and ends it.
"""

import importlib.metadata
import json
import math
import os
import resource
import sys
import time
from multiprocessing import get_context

import numpy as np


def cover(width, height, size):
    """The size at which a picture covers the square."""
    scale = size / min(width, height)
    return max(size, round(width * scale)), max(size, round(height * scale))


def cut(pictures, size):
    """[n, H, W, 3] to [n, size, size, 3], the middle."""
    top, left = (pictures.shape[1] - size) // 2, (pictures.shape[2] - size) // 2
    return pictures[:, top : top + size, left : left + size]


def read_pyav(file, task, threads):
    import av

    pictures = []
    with av.open(file) as container:
        stream = container.streams.video[0]
        stream.thread_type = "AUTO" if threads > 1 else "NONE"
        stream.codec_context.thread_count = threads
        width, height = cover(stream.width, stream.height, task["size"])
        shown, start, wanted = None, None, 0
        take = lambda frame: pictures.append(
            frame.reformat(width=width, height=height, format="rgb24", interpolation="BICUBIC").to_ndarray()
        )
        for frame in container.decode(stream):
            start = frame.time if start is None else start
            # Until the next frame comes, the last one is shown.
            while shown is not None and wanted / task["fps"] < frame.time - start - 1e-9:
                take(shown)
                wanted += 1
            shown = frame
        if shown is not None:
            take(shown)
    return cut(np.stack(pictures), task["size"])


def read_decord(file, task, threads):
    import decord

    size = cover(*decord.VideoReader(file, num_threads=1)[0].shape[1::-1], task["size"])
    reader = decord.VideoReader(file, width=size[0], height=size[1], num_threads=threads)
    rate = reader.get_avg_fps()
    count = math.floor(len(reader) / rate * task["fps"])
    indices = [min(len(reader) - 1, math.floor(k / task["fps"] * rate + 1e-6)) for k in range(count)]
    # In pieces, so that memory stays bounded.
    return np.concatenate([cut(reader.get_batch(indices[at : at + 64]).asnumpy(), task["size"]) for at in range(0, count, 64)])


def read_torchcodec(file, task, threads):
    from torchcodec.decoders import VideoDecoder
    from torchcodec.transforms import Resize

    about = VideoDecoder(file).metadata
    width, height = cover(about.width, about.height, task["size"])
    reader = VideoDecoder(
        file, num_ffmpeg_threads=threads, dimension_order="NHWC", seek_mode="approximate", transforms=[Resize((height, width))]
    )
    begin, end = about.begin_stream_seconds or 0, about.end_stream_seconds or about.duration_seconds
    times = [begin + k / task["fps"] for k in range(math.floor((end - begin) * task["fps"]))]
    return np.concatenate(
        [cut(reader.get_frames_played_at(times[at : at + 64]).data.numpy(), task["size"]) for at in range(0, len(times), 64)]
    )


READERS = {"pyav": read_pyav, "decord": read_decord, "torchcodec": read_torchcodec}


def read_clips(work):
    file, task, threads = work
    pictures = READERS[task["reader"]](file, task, threads)
    frames = task["frames"]
    clips = len(pictures) // frames
    return pictures[: clips * frames].reshape(clips, frames, *pictures.shape[1:])


def run(task, files, pool):
    threads = 1 if len(files) >= task["threads"] else task["threads"]
    work = [(file, task, threads) for file in files]
    results = list(pool.imap(read_clips, work)) if len(files) > 1 else [read_clips(work[0])]
    clips = np.concatenate(results)
    np.save(task["out"], clips)
    return len(clips) * task["frames"]


def main():
    task = json.loads(sys.stdin.readline())
    if "versions" in task:
        packages = ["av", "decord", "torchcodec"]
        print(json.dumps({package: importlib.metadata.version(package) for package in packages}), flush=True)
        return
    with get_context("spawn").Pool(task["threads"]) as pool:
        run(task, task["files"][:2], pool)
        print(json.dumps({"ready": True}), flush=True)
        for _ in sys.stdin:
            started = time.perf_counter()
            pictures = run(task, task["files"], pool)
            seconds = time.perf_counter() - started
            # The largest of the processes, times how many there are, and the one that gathers.
            children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
            own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
            print(json.dumps({"seconds": seconds, "pictures": pictures, "peakBytes": (own + children) * 1024}), flush=True)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()
