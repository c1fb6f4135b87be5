package lib

const Word = "hello\n"
