run ->(_env) { [200, {"content-type" => "text/plain"}, ["taken in\n"]] }
