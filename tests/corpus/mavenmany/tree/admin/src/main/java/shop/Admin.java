package shop;

@SpringBootApplication
public class Admin {
    public static void main(String[] words) {
    }
}
