package shop;

@SpringBootApplication
public class Shop {
    public static void main(String[] words) {
    }
}
