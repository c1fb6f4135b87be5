<?php echo 'about us', PHP_EOL;
