require "sinatra/base"

class Shop < Sinatra::Base
  get "/" do
    "taken in"
  end

  get "/healthz" do
    "ok"
  end
end
