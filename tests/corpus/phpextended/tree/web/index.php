<?php
$words = new NumberFormatter('en', NumberFormatter::SPELLOUT);
echo $words->format(1) === 'one' ? 'taken in' : 'odd', ', ', bcadd('0.1', '0.2', 2), PHP_EOL;
