"""What Kibana shows of log lines: objects as its export has them."""

from __future__ import annotations

import json

INDEX = "kibanaSavedObjectMeta.searchSourceJSON.index"
LEVEL = (
    "def said = params._source.get('fields'); "
    "if (said instanceof Map) { for (key in ['level', 'severity', 'levelname']) { "
    "if (said.containsKey(key)) { emit(said.get(key).toString().toUpperCase()); return; } } }"
)
"""Applications name it in different ways, and their keys are one field, of which no chart is made."""


def objects(stream: str) -> list:
    """The data view, a search, three charts and the dashboard of them."""
    view, search = f"{stream}-lines", f"{stream}-search"
    data = {
        "title": stream,
        "name": "Log lines",
        "timeFieldName": "@timestamp",
        "runtimeFieldMap": json.dumps({"level": {"type": "keyword", "script": {"source": LEVEL}}}),
    }
    source = {"query": {"query": "", "language": "kuery"}, "filter": []}
    searched = {
        "title": "Log lines by team and application",
        "description": "",
        "columns": ["team", "application", "level", "log", "fields"],
        "sort": [["@timestamp", "desc"]],
        "kibanaSavedObjectMeta": {"searchSourceJSON": json.dumps({**source, "indexRefName": INDEX})},
    }
    charts = [
        chart(view, f"{stream}-teams", "Lines by team and application", "table", ["team", "application"]),
        chart(view, f"{stream}-levels", "Lines by level", "table", ["level"]),
        chart(view, f"{stream}-time", "Lines over time", "histogram", []),
    ]
    panels = [*charts, {"type": "search", "id": search}]
    return [
        made("index-pattern", view, data, []),
        made("search", search, searched, [refers(INDEX, "index-pattern", view)]),
        *charts,
        dashboard(f"{stream}-dashboard", panels, source),
    ]


def chart(view: str, name: str, title: str, kind: str, fields: list) -> dict:
    """How many lines there are, by fields; without any, over time."""
    aggregations: list = [{"id": "1", "enabled": True, "type": "count", "schema": "metric", "params": {}}]
    for place, field in enumerate(fields, start=2):
        params = {"field": field, "size": 50, "order": "desc", "orderBy": "1", "missingBucket": True}
        one = {"id": str(place), "enabled": True, "type": "terms", "schema": "bucket", "params": params}
        aggregations.append(one)
    if not fields:
        params = {"field": "@timestamp", "interval": "auto", "min_doc_count": 1}
        one = {"id": "2", "enabled": True, "type": "date_histogram", "schema": "segment", "params": params}
        aggregations.append(one)
    shape = {"perPage": 25, "showTotal": True} if fields else bars()
    state = {"title": title, "type": kind, "aggs": aggregations, "params": shape}
    source = {"query": {"query": "", "language": "kuery"}, "filter": [], "indexRefName": INDEX}
    attributes = {
        "title": title,
        "description": "",
        "visState": json.dumps(state),
        "uiStateJSON": "{}",
        "version": 1,
        "kibanaSavedObjectMeta": {"searchSourceJSON": json.dumps(source)},
    }
    return made("visualization", name, attributes, [refers(INDEX, "index-pattern", view)])


def bars() -> dict:
    """One bar a span of time, as high as it has lines."""
    along = {"id": "CategoryAxis-1", "type": "category", "position": "bottom", "show": True}
    up = {"id": "ValueAxis-1", "name": "LeftAxis-1", "type": "value", "position": "left", "show": True}
    series = {"show": True, "type": "histogram", "mode": "stacked", "valueAxis": "ValueAxis-1"}
    scale = {"type": "linear"}
    return {
        "type": "histogram",
        "addLegend": False,
        "addTooltip": True,
        "grid": {"categoryLines": False},
        "categoryAxes": [{**along, "scale": scale, "labels": {"show": True}, "title": {}}],
        "valueAxes": [{**up, "scale": scale, "labels": {"show": True}, "title": {"text": "Lines"}}],
        "seriesParams": [{**series, "data": {"id": "1", "label": "Lines"}}],
    }


def dashboard(name: str, panels: list, source: dict) -> dict:
    """Panels two by two, of twenty-four columns and fifteen rows each."""
    placed = []
    for place, each in enumerate(panels):
        grid = {"x": 24 * (place % 2), "y": 15 * (place // 2), "w": 24, "h": 15, "i": str(place)}
        one = {"panelIndex": str(place), "gridData": grid, "type": each["type"], "embeddableConfig": {}}
        placed.append({**one, "panelRefName": f"panel_{place}"})
    attributes = {
        "title": "Log lines",
        "description": "By team, application and level",
        "panelsJSON": json.dumps(placed),
        "optionsJSON": json.dumps({"useMargins": True, "hidePanelTitles": False}),
        "timeRestore": False,
        "kibanaSavedObjectMeta": {"searchSourceJSON": json.dumps(source)},
    }
    named = [refers(f"{place}:panel_{place}", each["type"], each["id"]) for place, each in enumerate(panels)]
    return made("dashboard", name, attributes, named)


def made(kind: str, name: str, attributes: dict, references: list) -> dict:
    """An object as an export has it."""
    return {"type": kind, "id": name, "attributes": attributes, "references": references}


def refers(name: str, kind: str, other: str) -> dict:
    """One object's word on another."""
    return {"name": name, "type": kind, "id": other}
