import threading
import unittest
from urllib.request import urlopen

from orders.web import answer, make_server


class AnswerTest(unittest.TestCase):
    def test_the_front_page_greets(self):
        self.assertEqual(answer("/"), (200, "Hello from orders\n"))

    def test_an_unknown_path_is_not_found(self):
        self.assertEqual(answer("/nowhere")[0], 404)


class ServerTest(unittest.TestCase):
    def test_it_says_that_it_is_healthy(self):
        server = make_server(0)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        with urlopen(f"http://127.0.0.1:{server.server_address[1]}/healthz") as response:
            self.assertEqual((response.status, response.read()), (200, b"ok\n"))
