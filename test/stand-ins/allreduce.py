"""What torch.distributed does with env://, over plain sockets: rank 0 listens at MASTER_ADDR:MASTER_PORT, all others
come there, and each learns the sum of all ranks and prints it."""
import os
import socket
import time

rank, world = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
place = (os.environ["MASTER_ADDR"], int(os.environ["MASTER_PORT"]))
if rank == 0:
    with socket.create_server(place) as server:
        server.settimeout(30)
        peers = [server.accept()[0] for _ in range(world - 1)]
        total = sum(int(peer.recv(16)) for peer in peers)
        for peer in peers:
            peer.sendall(b"%16d" % total)
else:
    end = time.time() + 30
    while True:
        try:
            peer = socket.create_connection(place, timeout=30)
            break
        except ConnectionRefusedError:
            if time.time() > end:
                raise
            time.sleep(0.05)
    peer.sendall(b"%16d" % rank)
    total = int(peer.recv(16))
print(f"rank {rank} of {world} on {os.environ['MGPU_NODE']} local {os.environ['LOCAL_RANK']}: {total}")
