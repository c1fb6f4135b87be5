<?php

declare(strict_types=1);

/** The status and the text for a path. */
function answer(string $path): array
{
    return match ($path) {
        '/healthz' => [200, "ok\n"],
        '/' => [200, "Hello from orders\n"],
        default => [404, "not found\n"],
    };
}
