workers 0
threads 1, 4
port ENV.fetch("PORT", 3000)
