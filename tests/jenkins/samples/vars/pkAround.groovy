/** Runs a block between two lines. */
void call(Closure body) {
    echo 'before'
    body()
    echo 'after'
}
