"""When a cluster is ready, the same for tusker and for tools/bench/floor.sh: safe mode off, 2 DataNodes live (or as many as said),
as many NodeManagers active, asked at 200 ms.

    ready.py MASTER_ADDRESS [CORE_NODES]    waits, then prints the wall clock in seconds
"""
import sys
import time
import urllib.request


def get(url):
    try:
        return urllib.request.urlopen(url, timeout=1).read().decode()
    except OSError:
        return ""


def is_ready(master, core_nodes=2):
    state = get(f"http://{master}:4008/jmx?qry=Hadoop:service=NameNode,name=FSNamesystemState")
    if '"FSState" : "Operational"' not in state or f'"NumLiveDataNodes" : {core_nodes},' not in state:
        return False
    return f'"activeNodes":{core_nodes},' in get(f"http://{master}:5003/ws/v1/cluster/metrics")


def wait_until_ready(master, core_nodes=2, within=120):
    deadline = time.monotonic() + within
    while not is_ready(master, core_nodes):
        if time.monotonic() > deadline:
            sys.exit(f"not ready within {within} s")
        time.sleep(0.2)


if __name__ == "__main__":
    wait_until_ready(sys.argv[1], *map(int, sys.argv[2:]))
    print(f"{time.time():.3f}")
