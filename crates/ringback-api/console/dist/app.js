console.log("placeholder placeholder placeholder placeholder placeholder placeholder placeholder")
