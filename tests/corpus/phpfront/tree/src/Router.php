<?php

declare(strict_types=1);

namespace Acme\Shop;

final class Router
{
    /** @param array<string, callable(): string> $routes */
    public function __construct(private array $routes)
    {
    }

    public function answer(string $path): string
    {
        if (!isset($this->routes[$path])) {
            http_response_code(404);

            return 'not found';
        }

        return ($this->routes[$path])();
    }
}
