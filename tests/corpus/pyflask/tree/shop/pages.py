from flask import Blueprint, render_template

pages = Blueprint("pages", __name__)


@pages.route("/")
def front():
    return render_template("front.html", word="taken in")


@pages.route("/health")
def health():
    return "ok"
