package shop;

@SpringBootApplication
public class Front {
    public static void main(String[] words) {
    }
}
