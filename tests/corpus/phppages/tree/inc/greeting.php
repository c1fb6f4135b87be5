<?php
function greeting(): string
{
    return 'taken in';
}
