"""The route that is asked whether a program is well."""

from __future__ import annotations

import pytest

from pipelinekit.plan.detect.routes import with_health
from pipelinekit.plan.detect.signs import Detected

FOUND = Detected(language="python")


@pytest.mark.parametrize(
    "texts",
    [
        {"a.py": "@app.get('/health')", "b.py": "x.include_router(r, prefix='/api')"},
        {"a.js": "app.get('/health', f)\napp.use('/api', require('./api'))"},
        {"a.js": "router.get('/health', f)", "b.js": "app.use('/static', express.static('public'))"},
        {"a.go": 'http.HandleFunc("/healthz", f)', "b.go": 'r.Group("/api")'},
        {"a.go": 'mux.Handle("GET /healthz", f)'},
        {"a.rb": "get '/health' do"},
    ],
)
def test_what_is_at_the_top_is_taken(texts: dict[str, str]) -> None:
    found = with_health(texts, FOUND)
    assert (found.health[:7], found.doubts) == ("/health", ())


@pytest.mark.parametrize(
    ("texts", "below"),
    [
        (
            {"a.py": "@status.route('/ping')", "b.py": "register(s, url_prefix='/status')"},
            "/status",
        ),
        ({"a.py": "@router.get('/ping')", "b.py": 'include_router(r, prefix="/api/v1")'}, "/api/v1"),
        ({"a.js": "router.get('/ping', f)", "b.js": "app.use('/internal', require('./a'))"}, "/internal"),
        ({"a.ts": "@Get('/ping')", "main.ts": "app.setGlobalPrefix('api');"}, "api"),
        ({"a.ts": "f.get('/ping')", "b.ts": "f.register(routes, { prefix: '/v2' })"}, "/v2"),
        ({"a.go": 'g.GET("/ping", f)\ng := r.Group("/api")'}, "/api"),
        ({"a.rs": '.route("/ping", get(f))', "b.rs": '.nest("/api", a::routes())'}, "/api"),
        ({"a.rs": 'web::scope("/api").service(web::resource("/ping"))'}, "/api"),
        ({"A.java": '@RequestMapping("/api")\npublic class A {\n@GetMapping("/ping")'}, "/api"),
        ({"A.java": '@GetMapping("/ping")', "application.yml": "server:\n  context-path: /shop"}, "/shop"),
        ({"A.java": '@GetMapping("/ping")', "a.properties": "server.servlet.context-path=/shop"}, "/shop"),
        ({"a.rb": "get '/ping' do", "config.ru": "map '/api' do"}, "/api"),
        ({"a.php": "$app->get('/ping', $f); $app->group(\"/api\", $g);"}, "/api"),
    ],
)
def test_what_may_be_below_a_path_is_doubted(texts: dict[str, str], below: str) -> None:
    found = with_health(texts, FOUND)
    (doubt,) = found.doubts
    assert (found.health, f"a route /ping, and some routes are below {below}: say" in doubt) == ("", True), (
        doubt
    )
