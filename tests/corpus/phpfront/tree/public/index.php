<?php

declare(strict_types=1);

require __DIR__ . '/../vendor/autoload.php';

echo (new Acme\Shop\Router([
    '/health' => fn (): string => 'ok',
    '/' => fn (): string => 'taken in',
]))->answer(parse_url($_SERVER['REQUEST_URI'], PHP_URL_PATH));
