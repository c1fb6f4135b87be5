<?php
$phar = new Phar('/usr/bin/composer.phar');
foreach (new RecursiveIteratorIterator(new RecursiveDirectoryIterator('/usr/share/php', FilesystemIterator::SKIP_DOTS)) as $file) {
    $phar->addFile((string) $file, 'usr/share/php' . substr((string) $file, strlen('/usr/share/php')));
}
$phar->addFile('/usr/bin/composer', 'usr/bin/composer');
$phar->setStub("#!/usr/bin/env php\n<?php Phar::mapPhar('composer.phar'); set_include_path('phar://composer.phar/usr/share/php');"
    . " require 'phar://composer.phar/usr/bin/composer'; __HALT_COMPILER();");
