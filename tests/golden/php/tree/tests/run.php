<?php

// Run the tests and write a JUnit report to $REPORTS, which is /reports in the image's test stage.

declare(strict_types=1);

require __DIR__ . '/../answers.php';

$tests = [
    'the front page greets' => fn () => answer('/') === [200, "Hello from orders\n"],
    'an unknown path is not found' => fn () => answer('/nowhere')[0] === 404,
    'it says that it is healthy' => fn () => answer('/healthz') === [200, "ok\n"],
];

$cases = '';
$failed = 0;
foreach ($tests as $name => $test) {
    $passed = $test();
    $failed += $passed ? 0 : 1;
    echo ($passed ? 'ok   ' : 'FAIL '), $name, "\n";
    $cases .= sprintf('<testcase classname="tests" name="%s">%s</testcase>', $name, $passed ? '' : '<failure message="failed"/>');
}

$reports = getenv('REPORTS') ?: '/reports';
if (is_dir($reports)) {
    file_put_contents("$reports/tests.xml", "<testsuite name=\"tests\">$cases</testsuite>");
}
exit($failed === 0 ? 0 : 1);
