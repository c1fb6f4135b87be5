/** Wrong on purpose: a matcher is alive while a step runs. */
void call() {
    def found = ('a-1' =~ /(\w)-(\d)/)
    echo 'between'
    echo found[0][2]
}
