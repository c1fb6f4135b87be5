"""What runs in the pods: one program that answers, one that asks."""

from __future__ import annotations

LISTEN = """
import asyncio, json, sys
class Echo(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport
    def datagram_received(self, data, address):
        self.transport.sendto(data, address)
async def main():
    loop = asyncio.get_running_loop()
    for protocol, port in json.loads(sys.argv[1]):
        if protocol == 'TCP':
            await asyncio.start_server(lambda reader, writer: writer.close(), '0.0.0.0', port)
        else:
            await loop.create_datagram_endpoint(Echo, ('0.0.0.0', port))
    await asyncio.Event().wait()
asyncio.run(main())
"""
ASK = """
import asyncio, json, sys
async def stream(host, port):
    _, writer = await asyncio.open_connection(host, port)
    writer.close()
async def packet(host, port):
    loop = asyncio.get_running_loop()
    answer = loop.create_future()
    class Client(asyncio.DatagramProtocol):
        def datagram_received(self, data, address):
            answer.done() or answer.set_result(data)
        def error_received(self, error):
            answer.done() or answer.set_exception(error)
    transport, _ = await loop.create_datagram_endpoint(Client, remote_addr=(host, port))
    # A question for the root's name servers, which a name server answers and an echo repeats.
    transport.sendto(b'\\0\\7\\1\\0\\0\\1\\0\\0\\0\\0\\0\\0\\0\\0\\2\\0\\1')
    try:
        await answer
    finally:
        transport.close()
async def main():
    few = asyncio.Semaphore(64)
    async def one(host, port, protocol):
        async with few:
            try:
                await asyncio.wait_for((stream if protocol == 'TCP' else packet)(host, port), 2)
                return 1
            except (OSError, asyncio.TimeoutError):
                return 0
    print(json.dumps(await asyncio.gather(*(one(*each) for each in json.load(sys.stdin)))))
asyncio.run(main())
"""
