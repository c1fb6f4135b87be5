<?php require __DIR__ . '/inc/greeting.php'; ?>
<!doctype html>
<title>Shop</title>
<p><?= htmlspecialchars(greeting()) ?></p>
<p><a href="about.php">About</a></p>
