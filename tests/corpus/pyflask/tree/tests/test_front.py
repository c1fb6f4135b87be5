import unittest

from shop import create_app


class FrontTest(unittest.TestCase):
    def test_it_answers(self):
        self.assertIn("taken in", create_app().test_client().get("/").text)
