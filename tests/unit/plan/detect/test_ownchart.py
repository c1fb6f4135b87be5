from __future__ import annotations

from typing import Any

import pytest
import yaml

from pipelinekit.plan.detect.ownchart import charts_in, image_places


def test_a_chart_has_templates_and_is_in_no_other() -> None:
    texts = dict.fromkeys(
        (
            "deploy/orders/Chart.yaml",
            "deploy/orders/templates/deployment.yaml",
            "deploy/orders/charts/redis/Chart.yaml",
            "deploy/orders/charts/redis/templates/a.yaml",
            "lib/Chart.yaml",
            "helm/Chart.yaml",
            "helm/templates/a.yaml",
        ),
        "",
    )
    assert charts_in(texts) == ("helm", "deploy/orders")


@pytest.mark.parametrize(
    ("values", "places"),
    [
        ("image: {repository: nginx, tag: '', pullPolicy: Always}", {}),
        ("image: {registry: docker.io, repository: a/b, tag: '1'}", "registry repository tag"),
        ("image: {repository: a/b, digest: ''}", "repository digest"),
        (
            "app: {image: {name: a/b, version: '1'}}",
            {"repository": "app.image.name", "tag": "app.image.version"},
        ),
        ("web: {image: 'a/b:1'}", {"image": "web.image"}),
        ("image: a/b\ntag: '1'", {"repository": "image", "tag": "tag"}),
        ("web: {image: a/b, tag: '1'}", {"repository": "web.image", "tag": "web.tag"}),
        ("image: {repository: a, tag: b}\nproxy: {image: {repository: c, tag: d}}", {}),
        (
            "frontImage: {repository: a, tag: b}",
            {"repository": "frontImage.repository", "tag": "frontImage.tag"},
        ),
        ("a: {image: {repository: a, tag: b}}\nc: {image: {repository: c, tag: d}}", None),
        ("replicas: 2", None),
        ("image: {pullPolicy: Always}", None),
    ],
)
def test_the_images_place_is_found_or_left_open(values: str, places: Any) -> None:
    if isinstance(places, str):
        places = {part: f"image.{part}" for part in places.split()}
    assert image_places(yaml.safe_load(values)) == places
