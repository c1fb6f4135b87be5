package harness;

import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;

/** {@code @Library('name@version') _}: read from the syntax tree, so nothing of it is kept. */
@Retention(RetentionPolicy.SOURCE)
public @interface Library {
    String[] value();
}
